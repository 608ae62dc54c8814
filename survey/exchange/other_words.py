"""Other people's words for the choices of the survey, in Thai, English, Korean and Chinese: question -> code -> words, separated by semicolons."""

from __future__ import annotations

OTHER: dict[str, dict[str, str]] = {
    "status": {
        "working": "ใช้งานได้; ใช้งานได้ปกติ; ใช้การได้ปกติ; ใช้ได้; ใช้ได้ปกติ; ปกติ; ทำงานปกติ; ดี; ใช้งาน; ใช้งานอยู่; ใช้งานปกติ; พร้อมใช้งาน; ออนไลน์; normal; ok; good; online; active; operational; working; works; functional; in service; live; up; 정상; 운영; 운영중; 사용중; 가동; 가동중; 正常; 使用中; 運作中; 运行中; 良好",
        "degraded": "ใช้งานได้บางส่วน; ใช้ได้บางส่วน; ใช้ได้บ้าง; ภาพไม่ชัด; ติดๆ ดับๆ; พอใช้; partial; partly; partially working; degraded; intermittent; fair; 일부정상; 部分正常",
        "not_working": "ใช้งานไม่ได้; ใช้การไม่ได้; ใช้ไม่ได้; ไม่สามารถใช้งานได้; ชำรุด; เสีย; ชำรุดเสียหาย; ชำรุด ใช้การไม่ได้; ไม่ทำงาน; ขัดข้อง; ออฟไลน์; broken; faulty; fault; offline; inactive; down; not working; out of order; out of service; bad; failed; damaged; 고장; 불량; 중지; 미사용; 비정상; 故障; 損壞; 损坏; 異常; 异常; 停用; 離線; 离线",
        "under_repair": "ซ่อม; ส่งซ่อม; อยู่ระหว่างซ่อม; อยู่ระหว่างซ่อมแซม; อยู่ระหว่างการซ่อม; รอซ่อม; repair; under repair; in repair; maintenance; 수리중; 점검중; 維修中; 维修中",
        "not_commissioned": "ยังไม่เปิดใช้; ยังไม่ส่งมอบ; ยังไม่ได้ใช้งาน; อยู่ระหว่างติดตั้ง; planned; under construction; not commissioned; 설치중; 未啟用; 未启用",
        "not_found": "ไม่พบ; ไม่พบกล้อง; หาย; สูญหาย; missing; not found; lost",
        "removed": "รื้อถอน; รื้อถอนแล้ว; จำหน่าย; จำหน่ายแล้ว; ถอดออก; ยกเลิก; ยกเลิกใช้งาน; removed; decommissioned; retired; 철거; 폐기; 拆除; 報廢; 报废",
        "not_verified": "ยังไม่ตรวจสอบ; รอตรวจสอบ; ยังไม่ได้ตรวจ; not verified; not checked",
    },
    "camera_type": {
        "fixed": "fixed; bullet; box; fix; คงที่; มุมคงที่; แบบคงที่; ติดตั้งประจำที่; กล้องคงที่; มุมมองคงที่; กระบอก; กล้องกระบอก; outdoor fixed; fixed camera; sc-fixed camera; fixed network camera; 고정; 고정형; 박스형; 뷸렛; 固定; 固定式; 槍型; 枪机; 枪型; 固定鏡頭",
        "dome": "dome; fixed dome; โดม; กล้องโดม; 돔; 돔형; 고정돔; 半球; 半球型; 半球機",
        "ptz": "ptz; ptz camera; sc-ptz camera; speed dome; speeddome; pan tilt zoom; หมุน; หมุนได้; ปรับมุมมอง; ปรับหมุนได้; แบบปรับมุมมอง; สปีดโดม; กล้องหมุน; 회전; 회전형; 스피드돔; 快速球; 快球; 球機; 球机; 旋轉式",
        "fisheye": "fisheye; fish eye; 360; 360°; panoramic; panorama; รอบทิศ; รอบทิศทาง; มุมกว้าง; ตาปลา; 어안; 전방위; 360도; 魚眼; 鱼眼; 全景",
        "multi_sensor": "multi-sensor; multisensor; multi lens; หลายเลนส์; 다중렌즈",
        "lpr": "lpr; anpr; alpr; license plate; อ่านป้ายทะเบียน; ป้ายทะเบียน; กล้อง lpr; 번호인식; 차량번호인식; 車牌辨識; 车牌识别; 車辨",
        "thermal": "thermal; infrared thermal; ความร้อน; 열화상; 熱像; 热成像",
        "mobile": "mobile; portable; body cam; เคลื่อนที่; ติดรถ; 이동형; 移動式",
        "dummy": "dummy; fake; กล้องหลอก; หลอก; 모형",
    },
    "camera_system": {
        "analog": "analog; analogue; cctv analog; อนาล็อก; อนาลอก; แอนะล็อก; ระบบอนาล็อก; 아날로그; 類比; 模拟",
        "hd_analog": "ahd; tvi; hd-tvi; hdtvi; cvi; hdcvi; hd-cvi; hd analog; hd",
        "ip": "ip; ip camera; ipcam; ip cam; network; network camera; digital; ดิจิตอล; ดิจิทัล; ไอพี; เครือข่าย; ระบบ ip; กล้อง ip; กล้องเครือข่าย; 네트워크; 디지털; 網路; 网络; 數位",
    },
    "connection": {
        "wired": "wired; cable; line; lan; fiber; fibre; fiber optic; utp; สาย; แบบมีสาย; ใช้สาย; เดินสาย; สาย lan; ใยแก้วนำแสง; 유선; 有線; 有线",
        "wireless": "wireless; wifi; wi-fi; radio; แบบไร้สาย; ไร้สาย; คลื่นวิทยุ; 무선; 無線; 无线",
        "both": "both; ทั้งสองแบบ; มีสายและไร้สาย; wired and wireless",
    },
    "network_linked": {
        "linked": "เชื่อมต่อแล้ว; เชื่อมต่อ; เชื่อมโยงแล้ว; เชื่อมแล้ว; linked; connected; online; yes; ใช่; มี; 연계; 已連線; 已联网",
        "linkable": "เชื่อมต่อได้; ได้; linkable; can be linked; เชื่อมโยงได้; สามารถเชื่อมต่อได้; ยังไม่เชื่อมต่อ; ยังไม่ได้เชื่อมต่อ; ยังไม่เชื่อมโยง; 연계가능",
        "not_linkable": "ไม่ได้; ไม่สามารถเชื่อมต่อได้; ไม่เชื่อมต่อ; stand alone; standalone; stand-alone; not linkable; no; ไม่; ไม่มี; 미연계; 未連線; 未联网",
    },
    "network_type": {
        "fibre": "fiber; fibre; fiber optic; optical fiber; ไฟเบอร์; ไฟเบอร์ออปติก; ใยแก้ว; ใยแก้วนำแสง; สายใยแก้ว; 광케이블; 光纖; 光纤", "leased_line": "leased line; mpls; vpn; วงจรเช่า; 전용선; 專線",
        "broadband": "internet; adsl; vdsl; ftth; fttx; broadband; อินเทอร์เน็ต; อินเตอร์เน็ต; เน็ตบ้าน; 인터넷; 網際網路", "cellular": "3g; 4g; 5g; 4g/5g; sim; lte; cellular; ซิม; มือถือ",
        "radio_link": "radio; radio link; microwave; wireless link; point to point; ไมโครเวฟ; คลื่นวิทยุ", "wifi": "wifi; wi-fi; ไวไฟ", "gin": "gin", "satellite": "satellite; ดาวเทียม",
        "lan_only": "lan; intranet; local; ภายใน; เครือข่ายภายใน; lan only",
    },
    "storage_method": {
        "dvr": "dvr", "nvr": "nvr", "server": "server; vms; storage server; เซิร์ฟเวอร์; เครื่องแม่ข่าย; แม่ข่าย; 서버; 伺服器; 服务器", "cloud": "cloud; คลาวด์; 클라우드; 雲端; 云",
        "sd_card": "sd; sd card; micro sd; sdcard; เมมโมรี่; เมมโมรี่การ์ด; การ์ดหน่วยความจำ; 記憶卡", "none": "ไม่บันทึก; ไม่มีการบันทึก; ไม่มี; ไม่ได้บันทึก; no recording; none; 녹화안함",
    },
    "faces_public": {
        "outdoor": "ภายนอก; ภายนอกอาคาร; นอกอาคาร; outdoor; outside; external; exterior; สาธารณะ; พื้นที่สาธารณะ; 실외; 室外; 戶外; 户外", "indoor": "ภายใน; ภายในอาคาร; ในอาคาร; indoor; inside; internal; 실내; 室內; 室内",
        "no": "ไม่ใช่; no; private; ส่วนบุคคล",
    },
    "owner_sector": {
        "government": "ราชการ; รัฐ; ภาครัฐ; ส่วนราชการ; government; state; public; 공공; 政府", "security": "ตำรวจ; ทหาร; police; military; 경찰; 警察",
        "local_government": "อปท.; ท้องถิ่น; องค์กรปกครองส่วนท้องถิ่น; เทศบาล; อบต.; อบจ.; local government; municipality; council; 지자체; 自治", "state_enterprise": "รัฐวิสาหกิจ; state enterprise; 공기업; 國營",
        "private": "เอกชน; ภาคเอกชน; บริษัท; private; company; 민간; 私人; 民間; 私营", "community": "ชุมชน; หมู่บ้าน; ประชาชน; community; 마을; 社區",
    },
    "sufficiency": {"sufficient": "พอ; พอเพียง; เพียงพอแล้ว; sufficient; enough; yes", "insufficient": "ไม่พอ; ไม่พอเพียง; ขาด; ควรเพิ่ม; insufficient; not enough; no", "excessive": "เกิน; มากเกินไป; excessive"},
    "maintenance": {"warranty": "ประกัน; อยู่ในประกัน; ในประกัน; warranty; under warranty", "contract": "ma; จ้าง; สัญญาจ้าง; มีสัญญา; ma contract; contract", "own_staff": "ดูแลเอง; เจ้าหน้าที่; in-house; own staff", "none": "ไม่มี; ไม่มีการบำรุงรักษา; none; no"},
    "project_status": {"awaiting_budget": "ของบ; ของบประมาณ; รองบประมาณ; เสนอของบประมาณ; อยู่ระหว่างเสนอของบประมาณ; awaiting budget", "not_started": "ยังไม่ดำเนินการ; ยังไม่เริ่ม; not started",
                       "in_progress": "กำลังดำเนินการ; อยู่ระหว่างดำเนินการ; in progress", "done": "เสร็จแล้ว; แล้วเสร็จ; ดำเนินการแล้ว; done; completed", "rejected": "ไม่ได้รับงบประมาณ; ยกเลิก; rejected; cancelled"},
    "priority": {"1": "ด่วนที่สุด; เร่งด่วนมาก; สูงสุด; มากที่สุด; urgent; high; very high", "2": "ด่วน; ปานกลาง; medium", "3": "ไม่เร่งด่วน; ต่ำ; น้อย; low; normal"},
    "mobile_view": {"yes": "ดูได้", "no": "ดูไม่ได้"},
}  # fmt: skip
_QUALITY = {"5": "ดีมาก; ชัดมาก; excellent; very good", "4": "ดี; ชัด; ชัดเจน; good", "3": "พอใช้; ปานกลาง; fair", "2": "ควรปรับปรุง; ไม่ชัด; ต่ำ; poor", "1": "ใช้ไม่ได้; ใช้ประโยชน์ไม่ได้; แย่; useless", "0": "ประเมินไม่ได้"}
OTHER |= {"effectiveness_day": _QUALITY, "effectiveness_night": _QUALITY}
