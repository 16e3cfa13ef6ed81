; What electron-builder's installer does not do. ${APP_EXECUTABLE_FILENAME} and ${isUpdated} are its own.

!macro customInstall
  ; Links open ReMo from the first moment on, not only after its first start.
  WriteRegStr HKCU "Software\Classes\remo" "" "URL:ReMo"
  WriteRegStr HKCU "Software\Classes\remo" "URL Protocol" ""
  WriteRegStr HKCU "Software\Classes\remo\shell\open\command" "" '"$INSTDIR\${APP_EXECUTABLE_FILENAME}" "%1"'
!macroend

!macro customUnInstall
  ; An update removes the version before first: what the operator chose stays.
  ${ifNot} ${isUpdated}
    DeleteRegKey HKCU "Software\Classes\remo"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Run" "${APP_ID}"
    DeleteRegValue HKCU "Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run" "${APP_ID}"
  ${endIf}
!macroend
